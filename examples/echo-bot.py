#!/usr/bin/env python3
"""Answers "@NAME WORDS" with the words, in any room. Run: CHAT_USER=user2 CHAT_PASSWORD=qwerty ./echo-bot.py [ADDRESS]"""
import json, os, signal, subprocess, sys

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends it without a traceback
os.environ.update(zip(["CHAT_ADDRESS"], sys.argv[1:]))
# However the bot ends, its pipe closes: --until-eof then ends chat as well.
command = ["chat", "connect", "--json", "--tail", "0", "--no-self", "--until-eof"]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as chat:
    for line in chat.stdout:
        message = json.loads(line)
        name, _, words = message.get("text", "").partition(" ")
        if message["type"] == "message" and name.lower() == "@" + os.environ["CHAT_USER"].lower() and words:
            place = ["--direct" if "," in message["room"] else "--room", message["room"]]
            subprocess.run(["chat", "send", *place, "--reply-to", str(message["sequence"]), "--", words])
sys.exit(chat.returncode)
