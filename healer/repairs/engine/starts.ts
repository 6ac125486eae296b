import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** What has to have started before the first resource changes, in this order. */
export type Start = "engine" | "program" | "providers";

/** Tells of each start once: until then a person who waits for an update sees nothing of it. */
export class Starts {
  readonly #tell: (what: Start) => void;
  readonly #told = new Set<Start>();

  constructor(tell: (what: Start) => void) {
    this.#tell = tell;
  }

  hear({ preludeEvent, resourcePreEvent }: EngineEvent): void {
    // It comes when the engine has taken the stack and read its state.
    if (preludeEvent !== undefined) this.reached("engine");
    // A resource is looked at by its provider before the engine tells of it; stack, providers and components have none.
    if (resourcePreEvent !== undefined && hasProvider(resourcePreEvent.metadata.type)) this.reached("providers");
  }

  reached(what: Start): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#tell(what);
  }
}

function hasProvider(type: string): boolean {
  return !type.startsWith("pulumi:") && !type.startsWith("vigil:");
}
