import { isObject, parseJson, type JsonObject } from '../json.ts';

/** Where PACE tells whether the user's PIN is set (pace-user-pin); with a timeout it waits for it. */
export const userPinPath = (timeoutSeconds?: number): string =>
  timeoutSeconds === undefined ? '/user/pin' : `/user/pin?timeout=${timeoutSeconds}`;

/** PACE has one PIN for each user and no name for it; the graph calls it so. */
export const pinType = 'USER';

/** The code that tells a missing linked identity from any other 401. */
export const missingLinkedIdentity = 'missing-linked-identity';

/** Reads the error objects of a JSON:API body; none when it is empty, malformed or something else. */
export function parseJsonApiErrors(body: string): readonly JsonObject[] {
  const message = parseJson(body);
  const errors = isObject(message) ? message['errors'] : undefined;
  return Array.isArray(errors) ? errors.filter(isObject) : [];
}
