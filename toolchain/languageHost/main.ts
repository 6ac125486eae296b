/**
 * A Node.js language host for machines where the official one cannot be had: the engine starts it for `pulumi preview`
 * and `pulumi up`, and asks it to run the program. It serves the SDK's own implementation (the one behind inline
 * programs of the Automation API), taken from the program's node_modules, so that host and program share one SDK.
 *
 * The program runs in this very process, which makes it start sooner than under the official host, which forks.
 * Anything beyond running programs (generating SDKs, installing packages) is answered with "unimplemented".
 */
import { createRequire, flushCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Server, ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";

type RunCall = ServerUnaryCall<RunRequest, RunResponse>;
type Program = () => Promise<unknown>;
interface LanguageServer extends UntypedServiceImplementation {
  run(call: RunCall, callback: sendUnaryData<RunResponse>): Promise<void>;
}

/** The engine starts a host inside the project, so that what the program would find is found from here. */
const requireFromProgram = createRequire(join(process.cwd(), "program.js"));
const requireFromSdk = createRequire(requireFromProgram.resolve("@pulumi/pulumi"));
const pulumi = requireFromProgram("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
const grpc = requireFromSdk("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
const languageProtocol = requireFromSdk("./proto/language_pb") as typeof import("@pulumi/pulumi/proto/language_pb.js");
// The SDK's declarations leave these two modules out.
const languageService = requireFromSdk("./proto/language_grpc_pb") as {
  LanguageRuntimeService: Parameters<Server["addService"]>[0];
};
const automation = requireFromSdk("./automation/server") as {
  LanguageServer: new (program: Program) => LanguageServer;
};

/** Imports the project's entry. A default export is the stack's outputs, or a function that yields them. */
async function runEntry(programDirectory: string, entryPoint: string): Promise<unknown> {
  const entry = createRequire(join(programDirectory, "program.js")).resolve(join(programDirectory, entryPoint));
  const { default: main, ...outputs } = (await import(pathToFileURL(entry).href)) as Record<string, unknown>;
  return typeof main === "function" ? main() : (main ?? outputs);
}

function run(call: RunCall, callback: sendUnaryData<RunResponse>): void {
  const info = call.request.getInfo();
  if (info === undefined) {
    callback({ code: grpc.status.INVALID_ARGUMENT, message: "the engine did not say which program to run" });
    return;
  }
  process.chdir(call.request.getPwd());
  const program = () => runEntry(info.getProgramDirectory(), info.getEntryPoint());
  let answered = false;
  void new automation.LanguageServer(program).run(call, (error, response) => {
    // The SDK answers a failed run twice; only the first answer carries the failure.
    if (answered) return;
    answered = true;
    // The engine kills its host, and Node would keep what it compiled only on a clean exit.
    flushCompileCache();
    if (error === null || error === undefined || !pulumi.log.hasErrors()) return callback(error, response);
    // The SDK has logged what went wrong (a RunError without its stack): bail tells the engine to say nothing more.
    const bail = new languageProtocol.RunResponse();
    bail.setBail(true);
    callback(null, bail);
  });
}

/** An engine that is killed cannot end its host, and an orphan would wait for it for ever. */
function exitWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, 1000).unref();
}

exitWithEngine();
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
const host = new automation.LanguageServer(async () => undefined);
server.addService(languageService.LanguageRuntimeService, {
  getRequiredPlugins: host.getRequiredPlugins,
  getPluginInfo: host.getPluginInfo,
  run,
} as UntypedServiceImplementation);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line of standard output.
  process.stdout.write(`${port}\n`);
});
