import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCount, formatInstant, formatShare, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { useMe } from '../../shell/me.ts'
import type { Rule } from './rule.ts'
import { RuleDialog } from './rule-dialog.tsx'
import { channelName, ruleName } from './rule-names.ts'

/** What is watched for; administrators change it. */
export function Rules() {
  const { may } = useMe()
  const [chosen, setChosen] = useState<Rule | null>(null)
  const result = useRead(operations.list_alert_rules, {})
  const change: Column<Rule> = {
    id: 'change',
    title: 'Change',
    isAction: true,
    value: () => null,
    align: 'right',
    cell: (rule) => (
      <Button
        look="quiet"
        size="small"
        className="-mr-2"
        aria-label={`Change ${ruleName(rule.rule)}`}
        onClick={() => setChosen(rule)}
      >
        Change
      </Button>
    ),
  }
  return (
    <Card title="Rules" hint="What is watched for, and where alerts go besides this page">
      <Loaded result={result}>
        {({ rules }) => (
          <DataTable
            name="Alert rules"
            isList
            columns={may('admin:manage') ? [...COLUMNS, change] : COLUMNS}
            rows={rules}
            keyOf={({ rule }) => rule}
          />
        )}
      </Loaded>
      {chosen && <RuleDialog rule={chosen} onClose={() => setChosen(null)} />}
    </Card>
  )
}

const COLUMNS: readonly Column<Rule>[] = [
  {
    id: 'rule',
    title: 'Rule',
    value: ({ rule }) => rule,
    className: 'min-w-60 max-w-xl',
    wraps: true,
    cell: ({ rule, description }) => (
      <>
        <span className="font-medium">{ruleName(rule)}</span>
        <span className="mt-0.5 block text-ink-3 text-xs">{description}</span>
      </>
    ),
  },
  {
    id: 'state',
    title: 'State',
    value: (rule) => stateOf(rule),
    cell: (rule) => <Badge tone={stateOf(rule) === 'On' ? 'good' : 'neutral'}>{stateOf(rule)}</Badge>,
  },
  {
    id: 'severity',
    title: 'Severity',
    isMinor: true,
    value: ({ severity }) => severity,
    cell: ({ severity }) => inWords(severity),
  },
  {
    id: 'threshold',
    title: 'More than',
    wraps: true,
    className: 'text-balance',
    isMinor: true,
    align: 'right',
    value: ({ threshold }) => threshold?.value ?? null,
    cell: ({ threshold }) => (threshold ? told(threshold) : '–'),
  },
  {
    id: 'channels',
    title: 'Sent to',
    wraps: true,
    isMinor: true,
    value: ({ channels }) => channels.join(', '),
    cell: ({ channels }) => channels.map(channelName).join(', ') || 'This page alone',
  },
]

const told = ({ value, unit }: NonNullable<Rule['threshold']>): string =>
  unit === 'percent' ? formatShare(value / 100) : `${formatCount(value)} ${unit}`

function stateOf({ enabled, muted_until }: Rule): string {
  if (!enabled) return 'Off'
  return muted_until && Date.parse(muted_until) > Date.now() ? `Muted until ${formatInstant(muted_until)}` : 'On'
}
