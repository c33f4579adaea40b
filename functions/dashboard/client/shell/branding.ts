import { useEffect } from 'react'
import { inkOn, readableOn } from './contrast.ts'
import type { Me } from './me.ts'
import { useTheme } from './use-theme.ts'

const GROUNDS = { light: '#ffffff', dark: '#141419' } as const

/** The tenant's colours: of what is pressed and of a chart's first line, and of its second; moved as far as they must be to be read. */
export function useBranding({ branding: { primary_color, accent_color } }: Me): void {
  const theme = useTheme()
  useEffect(() => {
    const { style } = document.documentElement
    const tokens = { ...primary(primary_color, theme), ...second(accent_color, theme) }
    for (const [name, value] of Object.entries(tokens)) style.setProperty(name, value)
    return () => {
      for (const name of Object.keys(tokens)) style.removeProperty(name)
    }
  }, [primary_color, accent_color, theme])
}

type Tokens = Readonly<Record<string, string>>
type Theme = keyof typeof GROUNDS

function primary(colour: string | null, theme: Theme): Tokens {
  const text = colour && readableOn(colour, GROUNDS[theme])
  if (!colour || !text) return {}
  return { '--accent': colour, '--accent-ink': inkOn(colour), '--accent-text': text, '--c1': text }
}

/** Ad spend, beside net sales. */
function second(colour: string | null, theme: Theme): Tokens {
  const line = colour && readableOn(colour, GROUNDS[theme])
  return line ? { '--c3': line } : {}
}
