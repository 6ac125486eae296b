/**
 * A stack that lives for one test: real CLI, real plugins (whichever are installed), state and project in a temporary
 * folder. The program of each run is a function, so that a test can change it between two runs.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, PulumiCommand, type PulumiFn } from "@pulumi/pulumi/automation/index.js";

const cacheDir = process.env.VIGIL_CACHE ?? "/var/cache/vigil";

/** Declares resources, and may return outputs. */
export type Program = () => unknown;

export interface Outcome {
  /** What the engine did or would do, by resource name: `same`, `create`, `update`, `replace`, ... */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  /** The stack's outputs after an update; none after a preview. */
  readonly outputs: Readonly<Record<string, { readonly value: unknown; readonly secret: boolean }>>;
  /** All that a person would read. */
  readonly text: string;
}

export interface TemporaryStack {
  readonly folder: string;
  up(program: Program): Promise<Outcome>;
  /** Reads everything back first when `refresh` is set. */
  preview(program: Program, options?: { refresh: boolean }): Promise<Outcome>;
  destroy(): Promise<void>;
  /** The state as it is stored, secrets encrypted. */
  stateText(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function temporaryStack(): Promise<TemporaryStack> {
  const folder = await mkdtemp(join(tmpdir(), "vigil-contract-"));
  const stack = await LocalWorkspace.createStack(
    { stackName: "contract", projectName: "contract", program: async () => undefined },
    { workDir: folder, envVars: environment(folder), pulumiCommand: await PulumiCommand.get({ root: cacheDir }) },
  );
  return {
    folder,
    up: async (program) => {
      const seen = await record((observer) => stack.up({ ...observer, program: inline(program) }));
      return { ...seen, outputs: await stack.outputs() };
    },
    preview: async (program, options) => {
      const seen = await record((observer) => stack.preview({ ...observer, ...options, program: inline(program) }));
      return { ...seen, outputs: {} };
    },
    destroy: async () => void (await stack.destroy()),
    stateText: () => readFile(join(folder, ".pulumi", "stacks", "contract", "contract.json"), "utf8"),
    [Symbol.asyncDispose]: async () => {
      // A test that failed half-way may leave resources; their delete scripts are of no interest any more.
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What `pulumi` needs to run on its own in a folder, with the toolchain's plugins and nothing of the caller's. */
export function environment(folder: string): Record<string, string> {
  return {
    PATH: `${join(cacheDir, "bin")}:${process.env.PATH}`,
    PULUMI_HOME: process.env.PULUMI_HOME ?? join(cacheDir, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "contract",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  };
}

function inline(program: Program): PulumiFn {
  return async () => program() as Record<string, unknown> | undefined;
}

async function record(
  run: (observer: { onEvent(event: EngineEvent): void; onOutput(text: string): void }) => Promise<unknown>,
): Promise<Omit<Outcome, "outputs">> {
  const operations: Record<string, string[]> = {};
  const text: string[] = [];
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    if (resourcePreEvent === undefined) return;
    const { urn, op } = resourcePreEvent.metadata;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    operations[name] = [...(operations[name] ?? []), op];
  };
  await run({ onEvent, onOutput: (part) => void text.push(part) });
  return { operations, text: text.join("") };
}
