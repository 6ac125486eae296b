import { workerPort } from "../../infra/facts.ts";

/** In memory: a machine that boots serves. */
const drainFile = "/run/vigil/drain";

/** So many looks in a row, half a second apart, without a request: longer than any balancer takes to look away. */
const quietLooks = 4;
/** A service that has been told so often and does not drain never will. */
const deafLooks = 10;

/**
 * A script for a worker that takes it out of rotation and waits until no request is under way there, for so long at most.
 * A service that does not answer has none to finish, and finds the file when it starts. The script fails, and leaves the
 * machine out, if requests are still under way; and it fails, and puts it back, if the service knows no draining.
 */
export function drainScript(limitMs: number, file = drainFile): string {
  return `
mkdir -p "$(dirname ${file})"
: >${file} || exit 1
tries=${Math.ceil(limitMs / 500)}
quiet=0
deaf=0
while [ $((tries -= 1)) -ge 0 ]; do
  case $(printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' | nc -w 2 127.0.0.1 ${workerPort} 2>/dev/null) in
  *'"inFlight":0}'* | '') quiet=$((quiet + 1)) ;;
  *'"status":"DRAINING"'*) quiet=0 ;;
  *) deaf=$((deaf + 1)) ;;
  esac
  [ "$quiet" -ge ${quietLooks} ] && exit 0
  if [ "$deaf" -ge ${deafLooks} ]; then
    rm -f ${file}
    echo "its service takes no notice of ${file}: deploy an image whose service drains" >&2
    exit 1
  fi
  sleep 0.5
done
echo "requests are still under way there after ${limitMs / 1000} s" >&2
exit 1
`;
}

/** The next health answer brings the balancers back. */
export function undrainScript(file = drainFile): string {
  return `rm -f ${file}\n`;
}
