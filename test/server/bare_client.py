"""Talks to a chat server with Debian's grpcio and no generated code; prints one JSON object."""

import json
import sys

import grpc

LOGIN = (("user-name", "user1"), ("user-password", "qwerty"))
CHAT = "/qtgrpc.examples.chat.SimpleChat/"


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def text_message(text, message_id):
    return field(2, text.encode()) + varint(3 << 3) + varint(1) + field(6, message_id.encode())


def main(address):
    answer = {}
    with grpc.insecure_channel(address) as channel:
        messages = channel.unary_stream(CHAT + "messageList")(b"", metadata=LOGIN)
        answer["first"] = next(messages).hex()
        answer["logId"] = dict(messages.initial_metadata()).get("log-id")

        send = channel.unary_unary(CHAT + "sendMessage")
        response, call = send.with_call(text_message("from Python", "py-1"), metadata=LOGIN)
        answer["sent"] = response.hex()
        answer["sequence"] = dict(call.trailing_metadata()).get("sequence")
        answer["received"] = next(messages).hex()
        messages.cancel()

        try:
            send(b"", metadata=(("user-name", "user1"), ("user-password", "wrong")))
        except grpc.RpcError as error:
            answer["refused"] = [error.code().name, error.details()]

        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        answer["health"] = check(field(1, b"qtgrpc.examples.chat.SimpleChat")).hex()

        reflect = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        answer["services"] = next(reflect(iter([field(7, b"*")]))).hex()
        answer["file"] = next(reflect(iter([field(4, b"chat.v1.Presence")]))).hex()
    print(json.dumps(answer))


main(sys.argv[1])
