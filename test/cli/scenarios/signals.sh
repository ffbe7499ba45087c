# A signal ends a verb with 128 and its number; serve drains and ends with 0.
serve --store memory
for signal in HUP:129 INT:130 TERM:143; do
  chat connect "$address" --verbose </dev/null >>/dev/null 2>"status-$signal" &
  reader=$!
  children+=("$reader")
  arrives "status-$signal" '^chat: connected to '
  kill -"${signal%:*}" "$reader"
  exits "${signal#*:}" wait "$reader"
done
kill -TERM "$server"
exits 0 wait "$server"
