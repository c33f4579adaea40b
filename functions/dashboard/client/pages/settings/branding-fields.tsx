import { useState } from 'react'
import { Field } from '../../parts/field.tsx'

const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text)

/** The address of a logo, and what is found there. */
export function LogoField({ value }: { value: string | null }) {
  const [url, setUrl] = useState(value ?? '')
  return (
    <div className="flex flex-col gap-2">
      <Field label="Logo" hint="An https address; wide logos look best.">
        <input
          className="field"
          name="logo_url"
          type="url"
          placeholder="https://"
          value={url}
          onChange={({ target }) => setUrl(target.value)}
        />
      </Field>
      {url.startsWith('https://') && (
        <span className="flex h-14 items-center rounded-lg border border-line bg-surface px-4">
          <img key={url} src={url} alt="The logo as it will stand" className="h-7 max-w-40 object-contain text-xs" />
        </span>
      )}
    </div>
  )
}

type ColourProps = { name: string; label: string; value: string | null; ours: string }

/** A colour, written or picked; the picker shows ours where none is given. */
export function ColourField({ name, label, value, ours }: ColourProps) {
  const [colour, setColour] = useState(value ?? '')
  return (
    <Field label={label} hint="As #rrggbb; empty for ours.">
      <span className="flex gap-2">
        <input
          className="field min-w-0 flex-1"
          name={name}
          pattern="#[0-9a-fA-F]{6}"
          placeholder={ours}
          value={colour}
          onChange={({ target }) => setColour(target.value)}
        />
        <input
          type="color"
          aria-label={`Pick the ${label.toLowerCase()}`}
          className="field w-11 shrink-0 p-1"
          value={isColour(colour) ? colour : ours}
          onChange={({ target }) => setColour(target.value)}
        />
      </span>
    </Field>
  )
}
