/** What `pulumi preview` and `pulumi up` run; the exported names are the outputs of the stack. */
import { declareStack } from "./program.ts";

export const { version, applied, host, vip, slots, managedFiles, hostKeys, loginPublicKey, loginPrivateKey } =
  await declareStack();
