/** The form of a request's id. */
export const REQUEST_ID = /^req_[0-9A-HJKMNP-TV-Z]{26}$/;

export const REQUEST_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];
