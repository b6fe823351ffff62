// Lambda's runtime for Node: runs the handler that _HANDLER names, such as `connect.handler` of
// connect.mjs, for one event of the Runtime API after another. On AWS this file is not needed.
import { existsSync } from "node:fs";
import { request } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const env = process.env;

// Not `fetch`, which gives up on an answer after five minutes; the next event may take longer.
const ask = (method, path, body, headers = {}) =>
  new Promise((resolve, reject) => {
    const url = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime${path}`;
    const sent = request(url, { method, headers }, async (answer) => {
      const parts = await answer.toArray().catch(reject);
      resolve({ headers: answer.headers, text: Buffer.concat(parts ?? []).toString() });
    });
    sent.on("error", reject).end(body);
  });

const report = (path, error, type = error?.name ?? "Error") => {
  console.error(error);
  const [errorMessage, trace] = [String(error?.message ?? error), error?.stack?.split("\n") ?? []];
  const body = JSON.stringify({ errorType: type, errorMessage, trace });
  return ask("POST", path, body, { "Lambda-Runtime-Function-Error-Type": type });
};

const load = async () => {
  const [, file, name] = /^(.*?)\.([^./]+)$/.exec(env._HANDLER) ?? [null, env._HANDLER];
  const base = resolve(env.LAMBDA_TASK_ROOT, file);
  const found = [".mjs", ".js", ".cjs"].map((end) => base + end).find(existsSync) ?? base;
  const module = await import(pathToFileURL(found));
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler === "function") return handler;
  throw Object.assign(new Error(`${found} exports no ${name}`), { type: "HandlerNotFound" });
};

const contextOf = (headers, until = Number(headers["lambda-runtime-deadline-ms"])) => ({
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
  awsRequestId: headers["lambda-runtime-aws-request-id"],
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => until - Date.now(),
});

let onIdle = () => {}; // Called when nothing is left that the process could wait for.
process.on("beforeExit", () => onIdle());

// A handler returns a promise or calls back; if it never does, its result is null.
const run = (handler, event, context) =>
  new Promise((resolve, reject) => {
    onIdle = () => resolve(null);
    const returned = handler(event, context, (error, result) => {
      if (error) return reject(error);
      onIdle = () => resolve(result);
      if (!context.callbackWaitsForEmptyEventLoop) onIdle();
    });
    if (typeof returned?.then === "function") returned.then(resolve, reject);
  });

let path = "/init/error"; // Where an error is reported that no handler catches.
process.on("uncaughtException", async (error) => {
  await report(path, error).catch(console.error);
  process.exit(129);
});
const handler = await load().catch(async (error) => {
  await report(path, error, `Runtime.${error.type ?? "ImportModuleError"}`);
  process.exit(1);
});
for (;;) {
  const { headers, text } = await ask("GET", "/invocation/next");
  const context = contextOf(headers);
  env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
  path = `/invocation/${context.awsRequestId}/error`;
  try {
    const result = JSON.stringify((await run(handler, JSON.parse(text), context)) ?? null);
    await ask("POST", path.replace(/error$/, "response"), result);
  } catch (error) {
    await report(path, error);
  }
}
