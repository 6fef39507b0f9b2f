-- POSTs of one short text; CRASHES per cent of them crash their child. Counts what comes back.
local crashes = tonumber(os.getenv("CRASHES") or "0")
local threads = {}
local kinds = { "success", "aborted", "failure", "timedOut", "other" }

function setup(thread)
  thread:set("seed", #threads)
  table.insert(threads, thread)
end

function init(args)
  math.randomseed(os.time() + seed)
  sent_crashes = 0
  success, aborted, failure, timedOut, other = 0, 0, 0, 0, 0
  headers = { ["Content-Type"] = "text/plain" }
end

function request()
  if crashes > 0 and math.random() * 100 < crashes then
    sent_crashes = sent_crashes + 1
    return wrk.format("POST", nil, headers, "crash")
  end
  return wrk.format("POST", nil, headers, "some words that are to be counted")
end

function response(status, _, body)
  local outcome = status == 200 and string.match(body, '"outcome":"(%a+)"') or nil
  if outcome == "success" then success = success + 1
  elseif outcome == "aborted" then aborted = aborted + 1
  elseif outcome == "failure" then failure = failure + 1
  elseif outcome == "timedOut" then timedOut = timedOut + 1
  else other = other + 1 end
end

function done(summary, latency, _)
  local out = { crashes = 0 }
  for _, kind in ipairs(kinds) do out[kind] = 0 end
  for _, thread in ipairs(threads) do
    out.crashes = out.crashes + thread:get("sent_crashes")
    for _, kind in ipairs(kinds) do out[kind] = out[kind] + thread:get(kind) end
  end
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"lost":%d,"status":%d,"crashes":%d',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status, out.crashes))
  for _, kind in ipairs(kinds) do io.write(string.format(',"%s":%d', kind, out[kind])) end
  io.write("}\n")
end
