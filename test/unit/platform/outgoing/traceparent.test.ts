import { afterEach, expect, it, vi } from 'vitest';
import { traceparent } from '../../../../functions/shared/platform/outgoing/traceparent.ts';

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';
const TRACE = '5759e988bd862e3fe1be46a994272793';

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  [`${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`, `00-${TRACE}-53995c3f42cd8ad8-01`],
  [`${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`, `00-${TRACE}-53995c3f42cd8ad8-00`],
  [`${ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0`, `00-${TRACE}-53995c3f42cd8ad8-01`],
  [`${ROOT};Parent=53995c3f42cd8ad8`, `00-${TRACE}-53995c3f42cd8ad8-00`],
])('the trace of a Lambda, "%s", goes on as %s', (text, header) => {
  vi.stubEnv('_X_AMZN_TRACE_ID', text);
  expect(traceparent()).toBe(header);
});

it.each([undefined, '', ROOT, 'Root=1-67a-abc;Parent=1;Sampled=1', `x${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`])(
  'outside of a trace (%j) each call begins one, which nobody records',
  (text) => {
    vi.stubEnv('_X_AMZN_TRACE_ID', text);
    const headers = [traceparent(), traceparent()];
    for (const header of headers) expect(header).toMatch(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-00$/);
    expect(headers[0]).not.toBe(headers[1]);
  },
);
