# connect --exec starts a program for each message, with the message in its environment and no shell.
serve --store memory
exits 0 chat send "$address" 'one; touch oops'
cat >on-message <<'SCRIPT'
#!/bin/sh
echo "$CHAT_MESSAGE_SEQUENCE $CHAT_MESSAGE_FROM $CHAT_MESSAGE_TEXT"
SCRIPT
chmod +x on-message
exits 0 chat connect "$address" --once --exec ./on-message
is "$out" '1 user1 one; touch oops'
[[ ! -e oops ]] || fail 'a shell has run'
exits 2 chat connect "$address" --once --exec ./missing
is_one_line "$err"
