/** A dead letter was sent again: what its message led to is told by nobody, unless it fails anew. */
export interface DeadLetterRedriven {
  type: 'DeadLetterRedriven';
  data: {
    deadLetterId: string;
    queue: string;
    /** Whether its message was changed before. */
    edited: boolean;
  };
}

/** Nothing is left to do about a dead letter. */
export interface DeadLetterDeleted {
  type: 'DeadLetterDeleted';
  data: { deadLetterId: string; queue: string };
}
