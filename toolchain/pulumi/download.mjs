// Downloads the official Pulumi CLI: download.mjs VERSION FOLDER. It runs before the checkout's own packages exist.
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";

const [, , version, root] = process.argv;
await PulumiCommand.install({ version: new SemVer(version), root });
