# What every scenario begins with: $WORK, an empty folder and the home of what it starts; `chat` on the PATH.
set -euo pipefail
export CHAT_USER=user1 CHAT_PASSWORD=qwerty
cd "$WORK"

children=()
trap 'for child in "${children[@]}"; do kill -KILL "$child" 2>>/dev/null || true; done' EXIT

fail() {
  printf '%s\n' "$*" >&2
  local depth=1
  while caller "$depth" >&2; do depth=$((depth + 1)); done
  exit 1
}

# serve OPTION...: a server on a free port; its address becomes $address, its process $server.
serve() {
  local line
  exec {ready}< <(exec chat serve --port 0 --data "$WORK/data" "$@" 2>>"$WORK/server.log")
  server=$!
  children+=("$server")
  certificate='' address=''
  while [[ -z $address ]] && read -r -t 60 -u "$ready" line; do
    case $line in
      'certificate SHA256 '*) certificate=${line##* } ;;
      'listening on '*) address=${line#listening on } address=${address% (*} ;;
    esac
  done
  [[ -n $address ]] || fail "the server did not start: $(<"$WORK/server.log")"
}

# exits CODE COMMAND...: runs it; it must end with CODE. What it wrote becomes $out and $err.
exits() {
  local want=$1 got=0
  shift
  "$@" >"$WORK/out" 2>"$WORK/err" || got=$?
  out=$(<"$WORK/out") err=$(<"$WORK/err")
  [[ $got == "$want" ]] || fail "$* ended with $got, not $want; stdout: $out; stderr: $err"
}

# is TEXT WANTED
is() { [[ $1 == "$2" ]] || fail "is:     $1"$'\n'"wanted: $2"; }

# matches TEXT REGEX
matches() { [[ $1 =~ $2 ]] || fail "is:     $1"$'\n'"wanted: $2"; }

# One line that begins with the name of the program.
is_one_line() { [[ $1 == 'chat: '* && $1 != *$'\n'* ]] || fail "not one line: $1"; }

# arrives FILE REGEX: waits until a line of a growing file matches; whoever runs the scenario limits the time.
arrives() {
  # Whoever writes it in the background may not have opened it yet.
  touch -- "$1"
  grep -E -m 1 -- "$2" < <(tail -n +1 -f --pid=$$ "$1") >>/dev/null
}

# The texts in plain lines.
texts() { sed -E 's/^[^>]*> //'; }

# A PNG of 2×2 pixels.
picture() { base64 -d <<<iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==; }
