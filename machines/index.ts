export {
  type ChainVerdict,
  DISBURSEMENT_STATUSES,
  type Disbursement,
  type DisbursementRow,
  type DisbursementStatus,
  type IntentPurpose,
  type SignedIntent,
} from './records.ts';
