"""Tries the sandbox with clients that others wrote. The argument is the sandbox's program."""

import sys

import bot
import painter
import shop
import speaker
import trainer
from world import World

with World(sys.argv[1]) as world:
    shop.prove(world)
    print()
    bot.prove(world)
    print()
    painter.prove(world)
    print()
    trainer.prove(world)
    print()
    speaker.prove(world)
print("\nall of it holds")
