# connect --once shows the history, or the part of it that is asked for, as lines or as JSON.
serve --store memory
exits 0 chat send "$address" --lines <<<$'1\n2\n3\n4\n5'
exits 0 chat connect "$address" --once
is "$(texts <<<"$out" | xargs)" '1 2 3 4 5'
matches "$out" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z <user1> 1'
exits 0 chat connect "$address" --once --tail 2
is "$(texts <<<"$out" | xargs)" '4 5'
exits 0 chat connect "$address" --once --since 3
is "$(texts <<<"$out" | xargs)" '4 5'
exits 0 chat connect "$address" --once --since 1h --max-messages 1
is "$(texts <<<"$out" | xargs)" '1'
exits 0 chat connect "$address" --once --tail 1 --json
form='^\{"v":2,"type":"message","sequence":5,"id":"[0-9A-Z]{26}","timestamp":[0-9]{13},"from":"user1","self":true,"replay":true,"room":"lobby","roomNumber":0,"text":"5"\}$'
matches "$out" "$form"
exits 0 chat connect "$address" --once --no-self
is "$out$err" ''
