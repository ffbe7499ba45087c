# A configuration names servers; options and the environment win; a mistake is told with its line.
serve --store memory
mkdir -p "$XDG_CONFIG_HOME/chat"
file="$XDG_CONFIG_HOME/chat/config.toml"
unset CHAT_USER
printf 'user = "user2"\n\n[servers.work]\naddress = "%s"\nuser = "user3"\n' "$address" >"$file"
exits 0 chat send --to work one
exits 0 chat send --to "$address" two
exits 0 chat send --to work --user user4 three
CHAT_USER=user5 CHAT_ADDRESS=work exits 0 chat send four
exits 0 chat history work
is "$(sed -E 's/.*<(.*)>.*/\1/' <<<"$out" | xargs)" 'user3 user2 user4 user5'
exits 0 chat doctor work
matches "$out" $'\nok    user +user3 \\(from .*config\\.toml\\)'
printf 'user = "user2"\ncolour = "red"\n' >"$file"
exits 2 chat history "$address"
matches "$err" 'config\.toml, line 2: there is no setting "colour" here'
exits 2 chat doctor "$address"
matches "$out" $'\nBAD   configuration .*line 2'
matches "$out" $'\nnote  login '
