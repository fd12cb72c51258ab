import { completionEndpoints } from '../../../functions/sagas/adapters/completion-endpoints.ts';
import { completionToken } from '../../../functions/sagas/adapters/completion-token.ts';
import { httpPipeline } from '../../../functions/shared/platform/http/http-pipeline.ts';
import type { StepPorts } from '../../../functions/shared/platform/sagas/step-completions.ts';
import { apiCaller } from '../api/api-calls.ts';
import { SAGA_ID } from './saga-samples.ts';

const MASTER = 'the master';

/** The token of a step of the sample saga. */
export const tokenOf = (run = 1, stepId = 'flight', master = MASTER): string =>
  completionToken(master, { sagaId: SAGA_ID, stepId, run });

/** The token of the sample's step in a saga that there is not. */
export const tokenOfNoSaga = (): string => completionToken(MASTER, { sagaId: 'saga_none', stepId: 'flight', run: 1 });

/** Brings outcomes to the addresses of steps, without a key. */
export function completionApi(ports: StepPorts) {
  const call = apiCaller(httpPipeline(completionEndpoints({ ...ports, master: async () => MASTER })));
  return async (body: unknown, token = tokenOf()) => {
    const path = `/api/v1/completions/${token}`;
    const { status, json, bytes } = await call({ method: 'POST', path, body, scopes: null });
    return { status, code: json?.error?.code, faults: json?.error?.details, bytes: bytes.byteLength };
  };
}

export const NO_SEAT = { code: 'NO_SEAT', message: 'They are all taken.' };
export const DONE = { status: 'completed', result: { seat: '12A' } };
export const FAILED = { status: 'failed', error: NO_SEAT };
