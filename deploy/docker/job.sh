#!/usr/bin/env bash
# Runs the command that it is given, a JobManager with its one job, and ends with 0 where the job has
# come to an end that is meant. Flink ends with 0 itself when the job was stopped or cancelled; with
# 1443, which is 163 to whoever started it, when it failed in a way that a restart would repeat, such as
# training that diverges; and the job's own main ends it with 78 when the start is refused. With
# "restart: on-failure", what has stopped stays stopped, and what was killed is started again.
set -euo pipefail

readonly failed_for_good=163 refused=78

# Before the job is there: a signal in between would end this script and leave the job behind.
trap '[[ -n "${!:-}" ]] || exit 143; kill -TERM "$!" 2>/dev/null || true' TERM INT
"$@" &
job=$!

code=0
wait "$job" || code=$?
# A signal that is handed on ends the wait before the job.
while kill -0 "$job" 2>/dev/null; do
  code=0
  wait "$job" || code=$?
done

if ((code == failed_for_good || code == refused)); then
  echo "The job has ended for good and is not started again: what it says above is the reason." >&2
  exit 0
fi
exit "$code"
