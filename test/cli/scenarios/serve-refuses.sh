# serve starts only where it can be safe and alone: 2 for what cannot be meant, 1 for what is taken.
serve --metrics-port 0
exits 1 chat serve --port "${address##*:}" --store memory --data other
matches "$err" 'is in use\. .*--port'
exits 1 chat serve --port 0 --store memory --data other --metrics-port "${address##*:}"
matches "$err" 'metrics on port [0-9]+: it is in use\. .*--metrics-port'
exits 1 chat serve --port 0 --data "$WORK/data"
matches "$err" 'another chat server uses'
echo text >file
exits 1 chat serve --port 0 --data file
matches "$err" 'file is not a directory'
exits 1 chat serve --port 0 --data /proc/nothing
is_one_line "$err"
exits 2 chat serve --host 0.0.0.0 --store memory --data other
matches "$err" 'chat users add NAME'
exits 2 chat serve --port 0 --data other --tls-cert file --tls-key file
matches "$err" 'file does not contain a PEM certificate'
