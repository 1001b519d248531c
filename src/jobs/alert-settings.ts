// The alert rules as configured: whether each is on, how long a condition must hold and be gone, where its line is, and who
// is told. For the rounds, and for pages that show it.
import { type AlertsConfig, dpoContact, type RuleName, ruleDefaults, ruleNames } from '../config/alerts.ts';
import { duration } from '../config/values.ts';
import type { Severity } from '../store/alerts.ts';

export interface RuleSettings {
  readonly on: boolean;
  readonly severity: Severity;
  readonly forMs: number;
  readonly clearMs: number;
  /** In the rule's own unit; see config/alerts.ts. */
  readonly threshold: number;
  /** Names of contacts. */
  readonly to: readonly string[];
}

export type AlertSettings = Readonly<Record<RuleName, RuleSettings>>;

const usualContacts = ({ contacts, to }: AlertsConfig): readonly string[] =>
  to ?? Object.keys(contacts).filter((contact) => contact !== dpoContact);

/** Emergency access is the data-protection officer's to hear of, and nobody else's. */
const dpoContacts = ({ contacts }: AlertsConfig): readonly string[] =>
  contacts[dpoContact] === undefined ? [] : [dpoContact];

export const alertSettings = (config: AlertsConfig): AlertSettings => {
  const settingsOf = (rule: RuleName): RuleSettings => {
    const usual = ruleDefaults[rule];
    const own = config.rules[rule];
    return {
      on: own?.on ?? true,
      severity: usual.severity,
      forMs: own?.for ?? duration.parse(usual.for),
      clearMs: own?.clear ?? duration.parse(usual.clear),
      threshold: own?.threshold ?? usual.threshold,
      to: own?.to ?? (rule === 'emergency-access' ? dpoContacts(config) : usualContacts(config)),
    };
  };
  return Object.fromEntries(ruleNames.map((rule) => [rule, settingsOf(rule)])) as AlertSettings;
};
