/**
 * A complete agent in plain Node (20 or newer), without packages: it counts the words of a task's description.
 * MAOS_URL is the API's address with /api/v1 behind it, MAOS_KEY a key with the scope `agent`.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const { MAOS_URL, MAOS_KEY } = process.env;
const AGENT = { name: 'word counter', capabilities: ['word_count'] };
const INLINE_BYTES = 4 * 1024 * 1024;
/** A third of a lease: two heartbeats may be lost. */
const BEAT_MS = 20_000;

/** The answer's `data`; a 204 has none. An error carries the HTTP status. */
async function send(method, path, body, headers) {
  const authorization = `Bearer ${MAOS_KEY}`;
  const response = await fetch(`${MAOS_URL}${path}`, { method, body, headers: { authorization, ...headers } });
  if (response.status === 204) return undefined;
  const { data, error } = await response.json();
  if (response.ok) return data;
  throw Object.assign(new Error(`${error.code}: ${error.message}`), { status: response.status });
}

const post = (path, body, headers) =>
  send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });

async function upload(lease, { path, bytes, contentType }) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const url = `${lease}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
  const type = { 'content-type': contentType };
  if (bytes.length <= INLINE_BYTES) {
    await send('PUT', url, bytes, type);
  } else {
    const announced = { ...type, 'x-file-size': String(bytes.length), 'x-file-sha256': sha256 };
    const { uploadUrl, headers } = await send('PUT', url, undefined, announced);
    const stored = await fetch(uploadUrl, { method: 'PUT', headers, body: bytes });
    if (!stored.ok) throw new Error(`The upload of ${path} was answered with ${stored.status}.`);
  }
  return { path, sha256 };
}

/** The work itself. What takes long awaits something now and then, or no heartbeat gets out, and looks at `signal`. */
async function countWords({ description }, signal) {
  signal.throwIfAborted();
  const count = description.split(/\s+/).filter((word) => word !== '').length;
  const bytes = Buffer.from(`${JSON.stringify({ count })}\n`);
  return { summary: `${count} words.`, files: [{ path: 'words/count.json', bytes, contentType: 'application/json' }] };
}

async function doTask({ leaseId, task }) {
  const lease = `/leases/${leaseId}`;
  const stop = new AbortController();
  const beat = async (news) => (await post(`${lease}/heartbeat`, news)).cancelled && stop.abort();
  const isOver = ({ status }) => stop.signal.aborted || status === 404 || status === 409;
  const clock = setInterval(() => beat({}).catch((error) => isOver(error) && stop.abort()), BEAT_MS);
  try {
    await beat({ progress: 10, log: ['Counting the words'] });
    const { summary, files } = await countWords(task, stop.signal);
    const listed = [];
    for (const file of files) listed.push(await upload(lease, file));
    await post(`${lease}/complete`, { summary, files: listed });
    console.log(`${task.taskId} is done`);
  } catch (error) {
    if (isOver(error)) return console.log(`${task.taskId} is no longer ours`);
    const message = String(error).slice(0, 2000);
    await post(`${lease}/fail`, { error: { code: 'WORK_FAILED', message }, retryable: true });
  } finally {
    clearInterval(clock);
  }
}

// The same registration under the same key names the same agent, so a restart does not make a second one.
const { agentId } = await post('/agents', AGENT, { 'idempotency-key': 'word-counter-1' });
console.log(`${agentId} asks for work`);
for (;;) {
  try {
    const lease = await post(`/agents/${agentId}/claim`, { waitSeconds: 20 });
    if (lease !== undefined) await doTask(lease);
  } catch (error) {
    if ([401, 403, 404].includes(error.status)) throw error;
    console.error(String(error));
    await sleep(5000);
  }
}
