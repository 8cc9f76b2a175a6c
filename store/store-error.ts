/** Why a store cannot be opened: what was found, and what would be right. */
export type StoreErrorCode =
  | 'InUse'
  | 'NewerFormat'
  | 'NotSupported'
  | 'WrongIdentity'
  | 'Unreadable'
  | 'WrongFileSize'
  | 'BadOption';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
