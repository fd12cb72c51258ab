/** What an execution of a saga's machine is started with. */
export interface SagaInput {
  sagaId: string;
  /** The state to begin at, where it is not the first step: an interrupted saga goes on at its compensation. */
  startAt?: string;
  /** Why it begins there: the name of the error that Step Functions saw. */
  cause?: string;
}

/** A saga's state calls the function of the step's service with one of these. `execution`: the name of the one that calls. */
export type SagaCall =
  | { do: 'run'; sagaId: string; stepId: string; execution?: string; token: string }
  | { do: 'undo'; sagaId: string; stepId: string; execution?: string; cause?: string };

/** What a dead letter of a compensation holds: sent to the service's function once more, it is tried again. */
export interface UndoAgain {
  do: 'undo-again';
  sagaId: string;
  stepId: string;
  /** Of the saga, when it failed: where it was resumed since, the letter is out of date. */
  run: number;
  /** The letter that is sent again. */
  redriveOf?: string;
}

/** Asks a service's function whether it could work just now. */
export interface HealthCall {
  do: 'health';
}

/** What the last state of a failed saga sends to the function that closes sagas. */
export interface CloseSaga {
  sagaId: string;
  execution?: string;
  cause?: string;
}
