-- Sends the lines "METHOD PATH BODY" of a file one after another and reports as JSON.
local lines, place = {}, 0

function init(args)
   for line in io.lines(args[1]) do
      lines[#lines + 1] = { line:match("^(%S+) (%S+) ?(.*)$") }
   end
   wrk.headers["Authorization"] = "Bearer " .. args[2]
   wrk.headers["Content-Type"] = "application/json"
end

function request()
   place = place + 1
   local line = lines[(place - 1) % #lines + 1]
   return wrk.format(line[1], line[2], wrk.headers, line[3] ~= "" and line[3] or nil)
end

function done(summary, latency, requests)
   local errors = summary.errors
   local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
   io.write(string.format(
      'RESULT {"requests": %d, "micros": %d, "p50": %d, "p99": %d, "failed": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed))
end
