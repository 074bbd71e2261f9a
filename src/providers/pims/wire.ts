import { Secret } from '../../secret.ts';
import { isObject } from '../json.ts';

/** The message that makes a one-time password (pims-otp-with-pin). */
export const otpApi = 'pims.authentication.otp';

/** The parameters of {@link otpApi} with a PIN. It is a string: leading zeros count. */
export const otpParameters = (pinCode: Secret): Record<string, string> => ({
  action: 'withPIN',
  pinCode: pinCode.reveal(),
});

/** What the core answered to {@link otpApi}. Its words are yet to be made fit to be shown. */
export type OtpMessage =
  | { readonly status: 'SUCCEEDED'; readonly otp: Secret; readonly transactionId: unknown }
  | {
      readonly status: 'FAILED';
      readonly code: number;
      readonly label: unknown;
      readonly transactionId: unknown;
    };

/** Reads the core's answer; null when it breaks the contract. */
export function parseOtpMessage(message: unknown): OtpMessage | null {
  if (!isObject(message)) return null;
  const { transactionId, status, result, error } = message;
  if (status === 'SUCCEEDED' && isObject(result)) {
    const { otp } = result;
    // The document's own example has a blank password: it must never be shown as one. Nor may half a
    // character, on which some clients' JSON parsers fail.
    if (typeof otp !== 'string' || otp.trim() === '' || !otp.isWellFormed()) return null;
    return { status, otp: new Secret(otp), transactionId };
  }
  if (status === 'FAILED' && isObject(error)) {
    const { code, label } = error;
    return Number.isSafeInteger(code) ? { status, code: Number(code), label, transactionId } : null;
  }
  return null;
}

/** The parameter that the label of code 2101 or 2102 names: "Missing pinCode parameter". */
export function parameterIn(label: unknown): string | null {
  if (typeof label !== 'string') return null;
  const name = /^(?:Missing|Invalid) \[?([\w.-]{1,64})\]? parameter$/.exec(label.trim())?.[1];
  return name === undefined || name === 'PARAMETER' ? null : name; // the document's placeholder
}
