import type { Signal } from '../../cancellation.ts';
import type { ProviderError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';

/** One message to the PIMS core. */
export interface PimsRequest {
  /** The name of the message, e.g. `pims.authentication.otp`. */
  readonly api: string;
  /** Its parameters. They hold secrets: a transport sends them and forgets them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly credential: Secret;
  readonly requestId: string;
}

/** The core's answer, yet to be parsed, or the entry for why there is none. */
export type PimsReply =
  | { readonly kind: 'message'; readonly message: unknown; readonly httpStatus: number | null }
  | {
      readonly kind: 'failure';
      readonly error: ProviderError;
      /** What came with the failure, yet to be parsed: its words may say more. */
      readonly message: unknown;
    };

/** A way to the PIMS core. A new kind of bridge is a new implementation of this. */
export interface PimsTransport extends AsyncDisposable {
  /** Sends one message, at most once, and waits for its answer. */
  get(request: PimsRequest, signal: Signal): Promise<PimsReply>;
}
