// A short run over the whole first surface: ensure, warm chats plain and streaming, the list of models. It says whether
// the service holds up under a little concurrency, not how fast it is (docs/benchmarks.md does). 200 or so requests.
import http from 'k6/http';
import { check, fail } from 'k6';

const base = (__ENV.BASE_URL || 'http://127.0.0.1:1235').replace(/\/$/, '');
if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(base)) {
  throw new Error(`${base} is not on this machine; load is only made on loopback`);
}

const CALLERS = 4;
const EACH = 12;
// A chat of 32 tokens on the simulated LM Studio takes well under a second. This bound finds a hang, not a slow day.
const WARM_P95_MS = Number(__ENV.WARM_P95_MS || 5000);

function scenario(exec, startTime) {
  return { executor: 'per-vu-iterations', exec, vus: CALLERS, iterations: EACH, startTime, maxDuration: '60s' };
}

export const options = {
  setupTimeout: '120s',
  scenarios: {
    // Overlapping on purpose: these share one model.
    ensure: scenario('ensure', '0s'),
    chat: scenario('chat', '0s'),
    stream: scenario('stream', '1s'),
    models: scenario('models', '1s'),
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
    'http_req_duration{scenario:chat}': [`p(95)<${WARM_P95_MS}`],
    // A scenario that was cut short, or never began, is no success.
    'iterations{scenario:ensure}': [`count==${CALLERS * EACH}`],
    'iterations{scenario:chat}': [`count==${CALLERS * EACH}`],
    'iterations{scenario:stream}': [`count==${CALLERS * EACH}`],
    'iterations{scenario:models}': [`count==${CALLERS * EACH}`],
  },
};

const json = { headers: { 'Content-Type': 'application/json' }, timeout: '60s' };

// Loads the model once, cold; what follows is warm.
export function setup() {
  const listed = http.get(`${base}/v1/models`);
  if (listed.status !== 200) {
    fail(`GET /v1/models answered ${listed.status}: ${listed.body}`);
  }
  const model = __ENV.MODEL || listed.json('data').map((row) => row.id).find((id) => !/embed/i.test(id));
  if (!model) {
    fail('GET /v1/models lists no language model');
  }
  const loaded = http.post(`${base}/bridge/v1/models/ensure`, JSON.stringify({ model }), { ...json, timeout: '110s' });
  if (loaded.status !== 200 || loaded.json('verified') !== true) {
    fail(`ensure of ${model} answered ${loaded.status}: ${loaded.body}`);
  }
  return { model };
}

export function ensure({ model }) {
  const answer = http.post(`${base}/bridge/v1/models/ensure`, JSON.stringify({ model }), json);
  check(answer, {
    'ensure: 200': (r) => r.status === 200,
    'ensure: the same model, verified': (r) => r.json('model') === model && r.json('verified') === true,
    'ensure: it was loaded already': (r) => r.json('alreadyLoaded') === true,
    'ensure: bounded by a TTL': (r) => r.json('ttlSeconds') >= 1,
  });
}

function turn(model, stream) {
  const messages = [{ role: 'user', content: 'Say in one sentence what a bridge is.' }];
  return JSON.stringify({ model, messages, stream, max_tokens: 32 });
}

export function chat({ model }) {
  const answer = http.post(`${base}/v1/chat/completions`, turn(model, false), json);
  check(answer, {
    'chat: 200': (r) => r.status === 200,
    'chat: a text and an end': (r) =>
      r.json('choices.0.message.content').length > 0 && ['stop', 'length'].includes(r.json('choices.0.finish_reason')),
    'chat: has a request id': (r) => Boolean(r.headers['X-Lm-Bridge-Request-Id']),
  });
}

export function stream({ model }) {
  const answer = http.post(`${base}/v1/chat/completions`, turn(model, true), json);
  check(answer, {
    'stream: 200': (r) => r.status === 200,
    'stream: server-sent events': (r) => String(r.headers['Content-Type']).startsWith('text/event-stream'),
    'stream: has a text, no error, and its end': (r) => {
      const events = r.body.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
      const end = events.pop();
      const chunks = events.map((event) => JSON.parse(event));
      const text = chunks.map((chunk) => chunk.choices?.[0]?.delta?.content || '').join('');
      return end === '[DONE]' && text.length > 0 && !chunks.some((chunk) => chunk.error);
    },
  });
}

export function models({ model }) {
  const answer = http.get(`${base}/v1/models`);
  check(answer, {
    'models: 200': (r) => r.status === 200,
    'models: ours is among them': (r) => r.json('data').some((row) => row.id === model),
  });
}
