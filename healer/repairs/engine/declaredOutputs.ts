import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/** By this key the engine marks a value of the state as one of its own kinds: a secret above all. */
const signatureKey = "4dabf18193072939515e22adb298388d";

/**
 * Compares what a program declares as its outputs with what the state has. The engine counts a change of outputs alone
 * as none, though it is what the healer and the tests go by.
 */
export class DeclaredOutputs {
  readonly #declared = new Map<string, unknown>();

  /** Passes a program's outputs on and takes down each as it becomes known. */
  watch<Outputs extends object>(outputs: Outputs): Outputs {
    for (const [key, value] of Object.entries(outputs)) {
      this.#declared.set(key, undefined);
      pulumi.output(value).apply((known: unknown) => this.#declared.set(key, known));
    }
    return outputs;
  }

  /** One phrase per output. What is secret in the state cannot be compared without its key and is passed over. */
  differencesTo(stored: Readonly<Record<string, unknown>>): string[] {
    const keys = new Set([...this.#declared.keys(), ...Object.keys(stored)]);
    return [...keys]
      .filter((key) => !hasSignature(stored[key]))
      .filter((key) => !isDeepStrictEqual(plain(this.#declared.get(key)), plain(stored[key])))
      .map((key) => `output ${key}: differs from what is deployed`);
  }
}

/** What is undefined inside a value is left out of the state. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function hasSignature(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return signatureKey in value || Object.values(value).some(hasSignature);
}
