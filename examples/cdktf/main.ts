// The app: `node main.ts` writes one Terraform project per stack, below cdktf.out.
import { resolve } from "node:path";
import { App } from "cdktf";
import { ProductionStack, StagingStack } from "./stacks.ts";

const app = new App();
// `context` of cdktf.json, where one of the command lines runs the app.
const data = resolve(String(app.node.tryGetContext("data") ?? "data"));
const folders = { data, tenants: ["acme", "globex", "initech"] };
const production = new ProductionStack(app, "production", folders);
const staging = new StagingStack(app, "staging", folders);
// A restore needs a snapshot to restore.
staging.addDependency(production);
app.synth();
