/** The form of the id of a saga that users started. Those of tasks are found by their tasks. */
export const SAGA_ID = /^saga_[0-9A-HJKMNP-TV-Z]{26}$/;

export const SAGA_STATUSES = ['running', 'compensating', 'completed', 'failed'] as const;
