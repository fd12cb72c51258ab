/** What an execution of a saga's machine is started with. */
export interface SagaInput {
  sagaId: string;
  /** The state to begin at, where it is not the first step: an interrupted saga goes on at its compensation. */
  startAt?: string;
  /** Why it begins there: the name of the error that Step Functions saw. */
  cause?: string;
}

/** A saga's state calls the function of the step's service with one of these. */
export type SagaCall =
  | { do: 'run'; sagaId: string; stepId: string; token: string }
  | { do: 'undo'; sagaId: string; stepId: string; cause?: string };

/** Asks a service's function whether it could work just now. */
export interface HealthCall {
  do: 'health';
}

/** What the last state of a failed saga sends to the function that closes sagas. */
export interface CloseSaga {
  sagaId: string;
  cause?: string;
}
