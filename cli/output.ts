import { InvalidArgumentError, Option } from "commander";

export type Format = "table" | "json";

export function formatOption(): Option {
  return new Option("-o, --output <format>", "how to print the result").choices(["table", "json"]).default("table");
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Prints rows of equal length in columns as wide as their widest cell. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  process.stdout.write(renderTable(header, rows));
}

export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header.map((title) => title.toUpperCase()), ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return all.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** Returns a printer of progress: lines on standard error, each with the seconds since the printer was made. */
export function progressPrinter(subject: string): (line: string) => void {
  const startMs = performance.now();
  return (line) => {
    const elapsedS = ((performance.now() - startMs) / 1000).toFixed(1).padStart(5);
    process.stderr.write(`[${subject}] ${elapsedS} s  ${line}\n`);
  };
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("Write a whole number above 0.");
  return count;
}
