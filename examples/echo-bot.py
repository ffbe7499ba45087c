#!/usr/bin/env python3
"""Answers "!echo WORDS" with the words. Run it: CHAT_USER=user2 CHAT_PASSWORD=qwerty ./echo-bot.py [ADDRESS]"""
import json, signal, subprocess, sys

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends it without a traceback
# However the bot ends, its pipe closes: --until-eof then ends chat as well.
command = ["chat", "connect", *sys.argv[1:], "--json", "--tail", "0", "--no-self", "--until-eof"]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as room:
    for line in room.stdout:
        message = json.loads(line)
        if message["type"] == "message" and message["text"].startswith("!echo "):
            print(" ".join(message["text"].split()[1:]), file=room.stdin, flush=True)
sys.exit(room.returncode)
