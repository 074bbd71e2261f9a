import { randomInt, randomUUID } from 'node:crypto';

/** The codes and labels of the PIMS document ("pims.authentication.otp-withPIN", table Error). */
const failures: ReadonlyMap<number, string> = new Map([
  [2000, 'Unknown error'],
  [2001, 'Facade not initialized'],
  [2006, 'Core not well configured'],
  [2101, 'Missing [PARAMETER] parameter'],
  [2102, 'Invalid [PARAMETER] parameter'],
  [2202, 'Network problem : No internet'],
  [2308, 'inwebo: access refused'],
  [2309, 'inwebo: version error'],
  [2310, 'inwebo: account is blocked'],
  [2311, 'inwebo: internal state not correct'],
  [2312, 'inwebo: device is disabled or unknown'],
  [
    2313,
    'inwebo: User must activate inWebo helium or inWebo Desktop Token before achieving this operation',
  ],
  [2314, 'inwebo: No service is available'],
  [2316, 'inwebo: the operation succeeded but it required a post-synchronization which failed'],
  [2317, 'inwebo: forbidden operation (due to activated state/blocked state/upgradable state)'],
]);

/** The answer of PIMS to a message. */
export type PimsMessage =
  | {
      readonly transactionId: string;
      readonly status: 'SUCCEEDED';
      readonly result: { readonly otp: string };
    }
  | {
      readonly transactionId: string;
      readonly status: 'FAILED';
      readonly error: { readonly code: number; readonly label: string };
    };

/** Whether the PIMS document has this code. */
export function isFailureCode(code: number): boolean {
  return failures.has(code);
}

/** A message with a new OTP of 6 digits. */
export function succeeded(): PimsMessage {
  const otp = randomInt(1_000_000).toString().padStart(6, '0');
  return { transactionId: transactionId(), status: 'SUCCEEDED', result: { otp } };
}

/** A message with one of the document's failures; `parameter` fills the label's [PARAMETER]. */
export function failed(code: number, parameter = 'pinCode'): PimsMessage {
  const label = (failures.get(code) ?? '').replace('[PARAMETER]', parameter);
  return { transactionId: transactionId(), status: 'FAILED', error: { code, label } };
}

/** An id of the form in the document's examples: 953cfefb-bc72. */
function transactionId(): string {
  return randomUUID().slice(0, 13);
}
