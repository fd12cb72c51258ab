/** The form of a correlation id, wherever a caller gives one. */
export const CORRELATION_ID = /^[A-Za-z0-9._-]{1,128}$/;
