import type { FormEvent } from 'react'
import type { InputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { PersistenceFields } from './persistence-fields.tsx'
import type { Rule } from './rule.ts'
import { channelName, ruleName } from './rule-names.ts'

type Change = InputOf<typeof operations.update_alert_rule>

const CHANNELS = ['slack', 'email', 'webhook'] as const
const HOUR_MS = 3_600_000
const MUTES = [
  { hours: 0, title: 'Not muted' },
  { hours: 1, title: 'For an hour' },
  { hours: 24, title: 'For a day' },
  { hours: 168, title: 'For a week' },
]

export function RuleDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const update = useCall(operations.update_alert_rule, [operations.list_alert_rules])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    update.mutate(changeOf(rule, new FormData(event.currentTarget)), { onSuccess: onClose })
  }
  const reset = (): void => update.mutate(usual(rule), { onSuccess: onClose })
  return (
    <Dialog title={ruleName(rule.rule)} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-ink-2 text-sm">{rule.description}</p>
        <p className="rounded-lg bg-sunken px-3 py-2 text-ink-2 text-sm">{rule.runbook}</p>
        <Check name="enabled" title="Watched for" checked={rule.enabled} />
        {rule.threshold && (
          <Field label={`More than (${rule.threshold.unit})`} hint={`Usually ${rule.threshold.default}`}>
            <input
              className="field"
              name="threshold"
              type="number"
              step="0.01"
              required
              min={rule.threshold.min}
              max={rule.threshold.max}
              defaultValue={rule.threshold.value}
            />
          </Field>
        )}
        {rule.persistence && <PersistenceFields {...rule.persistence} />}
        <fieldset className="flex flex-wrap gap-4">
          <legend className="mb-1.5 font-medium text-sm">Sent to, besides this page</legend>
          {CHANNELS.map((channel) => (
            <Check
              key={channel}
              name={channel}
              title={channelName(channel)}
              checked={rule.channels.includes(channel)}
            />
          ))}
        </fieldset>
        <Field label="Muted">
          <select className="field" name="mute" defaultValue="0">
            {MUTES.map(({ hours, title }) => (
              <option key={hours} value={hours}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        <FormError error={update.error} />
        <div className="flex justify-between gap-2">
          <Button look="quiet" disabled={rule.is_default} onClick={reset}>
            Back to default
          </Button>
          <Button look="primary" type="submit" busy={update.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const Check = ({ name, title, checked }: { name: string; title: string; checked: boolean }) => (
  <label className="flex items-center gap-2 text-sm">
    <input type="checkbox" name={name} defaultChecked={checked} className="size-4 accent-accent" />
    {title}
  </label>
)

const usual = ({ rule, threshold, persistence }: Rule): Change => ({
  rule,
  enabled: null,
  channels: null,
  muted_until: null,
  ...(threshold && { threshold: null }),
  ...(persistence && { needed: null, of_last: null }),
})

function changeOf({ rule, threshold, persistence }: Rule, form: FormData): Change {
  const hours = Number(form.get('mute'))
  return {
    rule,
    enabled: form.has('enabled'),
    channels: CHANNELS.filter((channel) => form.has(channel)),
    muted_until: hours > 0 ? new Date(Date.now() + hours * HOUR_MS).toISOString() : null,
    ...(threshold && { threshold: Number(form.get('threshold')) }),
    ...(persistence && { needed: Number(form.get('needed')), of_last: Number(form.get('of_last')) }),
  }
}
