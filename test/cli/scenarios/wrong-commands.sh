# A slip on the command line is one line with the next step, and exit 2.
wrong() {
  local wanted=$1
  shift
  exits 2 "$@" </dev/null
  is_one_line "$err"
  is "$out" ''
  matches "$err" "$wanted"
}
mkdir folder
wrong 'Did you mean send\?' chat sned hello
wrong 'Did you mean connect\?' chat help conect
wrong 'Did you mean connect\?' chat conect --help
wrong 'Did you mean add\?' chat users ad anna
wrong 'See: chat users add --help' chat users add
wrong 'See: chat send --help' chat send --colour red hello
wrong 'use --password-file' chat send --password qwerty hello
wrong 'argument missing' chat send --image
wrong 'folder is not a file' chat send --image folder
wrong 'is not an address' chat send --to localhost:99999 hello
wrong 'is not an address' chat send --to localhost:abc hello
wrong 'is not an address' chat send --to ftp://localhost hello
wrong 'is not an address' chat connect http://localhost/room
wrong 'a time such as 10s' chat send --timeout soon hello
wrong 'a time such as 10s' chat send --timeout -5s hello
wrong 'cannot read missing: no such file' chat send --password-file missing hello
wrong 'it is a directory' chat send --password-file folder hello
wrong 'a time such as' chat connect --once --since gestern
wrong 'a whole number from 0' chat connect --once --tail -3
exits 2 chat connect --once --plain --json
matches "$err" "^\\{.*only one of --plain and --json can be given"
wrong 'Allowed choices' chat connect --images braille
wrong 'too many arguments' chat connect localhost extra
wrong 'cannot use' chat connect --once --save-images "$WORK/out"
wrong 'a whole number from 0 to 65535' chat serve --port 99999
wrong 'days such as 90d' chat serve --keep forever
wrong 'bash, zsh, fish' chat completion powershell
