import { providerError } from '../error-mapping.ts';
import { isProviderError } from '../errors.ts';
import type { Otp, OtpResult } from '../providers/provider.ts';
import { builder } from './builder.ts';
import { providerErrors } from './errors.ts';
import { PinProviderEnum } from './provider.ts';

const OtpType = builder.objectRef<Otp>('Otp').implement({
  description: 'A one-time password.',
  fields: (t) => ({
    provider: t.expose('provider', { type: PinProviderEnum, description: 'Who made it.' }),
    value: t.string({
      description: 'The one-time password itself. The gateway never logs, traces or caches it.',
      resolve: ({ value }) => value.reveal(),
    }),
    transactionId: t.exposeString('transactionId', {
      nullable: true,
      description: "The provider's id of this exchange, for its support desk.",
    }),
  }),
});

const GenerateOtpResultUnion = builder.unionType('GenerateOtpResult', {
  description: 'A one-time password, or why there is none.',
  types: [
    OtpType,
    providerErrors.AuthenticationError,
    providerErrors.AuthorizationError,
    providerErrors.AccountError,
    providerErrors.DeviceError,
    providerErrors.InputError,
    providerErrors.RateLimitError,
    providerErrors.UnavailableError,
    providerErrors.UnexpectedResponseError,
    providerErrors.UnsupportedOperationError,
  ],
  resolveType: (result: OtpResult) => result.kind,
});

const GenerateOtpInput = builder.inputType('GenerateOtpInput', {
  description: 'What a one-time password is made from.',
  fields: (t) => ({
    pinCode: t.field({
      type: 'PinCode',
      required: true,
      description: 'The PIN of the account at PIMS.',
    }),
  }),
});

builder.mutationField('generateOtp', (t) =>
  t.field({
    type: GenerateOtpResultUnion,
    description:
      "Makes a one-time password from the account's PIN. The gateway never repeats the request once " +
      'the provider may have seen it. An operation makes one at the most, and each credential has ' +
      'a limited number of attempts in a minute.',
    args: {
      input: t.arg({
        type: GenerateOtpInput,
        required: true,
        description: 'What to make it from.',
      }),
    },
    resolve: async (
      _root,
      { input },
      { services: { otpProvider }, mayGenerateOtp, caller, signal, report },
    ) => {
      const { name } = otpProvider;
      if (!mayGenerateOtp()) return providerError(name, 'OTP asked twice');
      const result = await otpProvider.generateOtp(caller, input.pinCode, signal);
      report(name, isProviderError(result) ? result : null);
      return result;
    },
  }),
);
