"""The program of the bureau's school office: asks the facts of a file one after the other, with the Python client of `clients/examples`.
    python3 ask.py PROFILE_FOLDER QUESTIONS.ndjson RECEIVED.ndjson THREADS"""
import base64
import concurrent.futures
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'clients' / 'examples'))
from datong_client import Hub

folder, questions, received, threads = sys.argv[1:]
origin = json.loads((pathlib.Path(folder) / 'datong.json').read_text(encoding='utf-8'))['hub']['exchange']
own = threading.local()
writing = threading.Lock()


class Recording(Hub):
    """Remembers the last reply as it was received: the client returns only its verified content."""
    def verify_reply(self, method, path, sent, reply, answer):
        self.received = {'status': reply.status, 'headers': [text for pair in reply.getheaders() for text in pair],
                         'body': base64.b64encode(answer).decode()}
        super().verify_reply(method, path, sent, reply, answer)


def ask(question):
    if not hasattr(own, 'hub'):
        own.hub = Recording(origin, pathlib.Path(folder) / 'datong-keys')
    path = f"/v1/datasets/{question['dataset']}/facts/{question['fact']}"
    body = json.dumps(question['question'], ensure_ascii=False).encode()
    _, _, entry = own.hub.call('POST', path, body, **question['context'])
    line = {'at': round(time.time() * 1000), 'matter': question['context']['matter'], 'fact': question['fact'],
            'exchange': entry['id'] if entry else None, **own.hub.received}
    with writing:
        out.write(json.dumps(line, ensure_ascii=False) + '\n')


with open(received, 'w', encoding='utf-8') as out, concurrent.futures.ThreadPoolExecutor(int(threads)) as pool:
    lines = pathlib.Path(questions).read_text(encoding='utf-8').splitlines()
    for done in [pool.submit(ask, json.loads(line)) for line in lines]:
        done.result()
