// Node's workerpool in process mode: ITEMS WORKERS; prints one line of JSON. NODE_PATH says where workerpool is.
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const workerpool = createRequire(join(process.env.NODE_PATH, "here.js"))("workerpool");

function triple(x) {
  return 3 * x;
}

async function sum(pool, items) {
  const results = [];
  for (let i = 0; i < items; i++) {
    results.push(pool.exec("triple", [i]));
  }
  return (await Promise.all(results)).reduce((a, b) => a + b, 0);
}

async function main(items, workers) {
  const pool = workerpool.pool(fileURLToPath(import.meta.url), {
    workerType: "process",
    minWorkers: workers,
    maxWorkers: workers,
  });
  const begun = performance.now();
  do {
    await sum(pool, items);
  } while (performance.now() - begun < 6000); // as in Timed.java
  const start = performance.now();
  const check = await sum(pool, items);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, items, check }));
  await pool.terminate();
}

if (workerpool.isMainThread) {
  await main(Number(process.argv[2]), Number(process.argv[3]));
} else {
  workerpool.worker({ triple });
}
