#!/usr/bin/env python3
"""Answers "!echo WORDS" with the words. Run it: CHAT_USER=user2 CHAT_PASSWORD=qwerty ./echo-bot.py [ADDRESS]"""
import json, subprocess, sys

command = ["chat", "connect", *sys.argv[1:], "--json", "--tail", "0", "--no-self"]
room = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for line in room.stdout:
    message = json.loads(line)
    if message["type"] == "message" and message["text"].startswith("!echo "):
        print(" ".join(message["text"].split()[1:]), file=room.stdin, flush=True)
sys.exit(room.wait())
