"""The words of titles; each of a list goes with each of the list that `titles` joins it to."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TRADES = _listed(
    "Baker Barber Basketmaker Beekeeper Bellringer Boatman Bookbinder Brewer Candlemaker Carpenter "
    "Carter Chandler Clockmaker Cobbler Cooper Dairymaid Drover Farrier Ferryman Fiddler "
    "Gamekeeper Gardener Glazier Goldsmith Harper Hatter Innkeeper Lockkeeper Mariner Mason Miller "
    "Netmaker Organist Parson Pedlar Piper Ploughman Postman Potter Ropemaker Saddler Schoolmaster "
    "Shepherd Shipwright Spinner Tailor Thatcher Tinker Weaver Wheelwright"
)
BELONGINGS = _listed(
    "Almanac Apprentice Bargain Basket Bench Birthday Boots Breakfast Buttons Candle Cart Cat "
    "Cottage Cousin Cup Daughter Dog Doorstep Dream Fireside Garden Gate Hat Hearth Holiday "
    "Journey Kettle Key Ladder Lamp Lantern Laugh Lodging Luck Orchard Pony Promise Purse Question "
    "Song Supper Teapot Wager Waistcoat Window"
)

NAMES = _listed(
    "Abby Alfie Annie Barney Beth Biddy Bridie Cathy Clara Colin Connie Daisy Davy Dora Eddie "
    "Edith Effie Ellen Elsie Emma Flora Frank Freda George Grace Hannah Harry Hattie Hector Helen "
    "Hilda Ivy Jack Janet Jenny Joan Joe Johnny Kate Kirsty Laura Lizzie Lucy Maggie Martha Martin "
    "Mary Matty Meg Michael Millie Minnie Molly Nancy Nell Nora Oliver Oscar Patrick Peggy Peter "
    "Phoebe Polly Robin Rory Rose Rosie Ruth Sally Sam Stella Susan Tessa Tilly Toby Walter Wilf "
    "Winnie"
)
WISHES = _listed(
    "Allotment Answer Bicycle Birthday Bonfire Caravan Compass Cottage Courage Departure Discovery "
    "Errand Excuse Farewell Fiddle Garden Holiday Homecoming Journey Kitchen Lantern Letter "
    "Promise Ramble Remedy Return Ribbon Shortcut Slippers Surprise Umbrella Wager Waistcoat Wish"
)

WAYS = (
    "Down by",
    "Back by",
    "Away to",
    "Beyond",
    "Round by",
    "Halfway to",
    "Meet Me at",
    "Out past",
    "The Path to",
    "Late Home from",
    "Morning at",
)
OLD = ("", "Old ", "Far ", "Lower ")
LANDMARKS = _listed(
    "Abbey Barn Beacon Bridge Burn Chapel Cliffs Cottage Cove Crossing Dairy Dovecote Farm Ferry "
    "Ford Forge Gate Hall Harbour Hayfield Heath Hill Inn Lane Lighthouse Lock Mill Moor Orchard "
    "Pasture Pier Pool Quarry Quay Spring Stile Tollhouse Tower Well Weir Windmill Wood"
)

SKIES = (
    "Cloud over",
    "Dawn over",
    "Dusk over",
    "Fog over",
    "Frost on",
    "Hail on",
    "Mist on",
    "Moonrise over",
    "Rain on",
    "Rainbow over",
    "Snow on",
    "Starlight on",
    "Sunlight on",
    "Sunrise over",
    "Thunder over",
    "Twilight over",
    "Wind over",
)
LANDS = _listed(
    "Barley Beeches Bracken Chimneys Clover Downs Fens Fields Furrows Gorse Headland Heather "
    "Hedgerows Hills Island Meadow Moor Rooftops Rushes Saltings Sands Slates Wheat"
)

ANIMALS = _listed(
    "Badger Blackbird Bullfinch Cuckoo Dormouse Finch Fox Goldfinch Hare Hedgehog Jackdaw Lark "
    "Linnet Magpie Mole Mouse Owl Partridge Pheasant Quail Rabbit Robin Rook Spaniel Sparrow "
    "Squirrel Stoat Terrier Thrush Toad Vixen Wagtail Wren"
)
HAUNTS = (
    "among the Apples",
    "at the Crossroads",
    "at the Gate",
    "behind the Barn",
    "below the Wall",
    "by the Haystack",
    "by the Wayside",
    "in the Barley",
    "in the Bluebells",
    "in the Bracken",
    "in the Cabbages",
    "in the Churchyard",
    "in the Clover",
    "in the Hayloft",
    "in the Hedge",
    "in the Ivy",
    "in the Moonlight",
    "in the Oats",
    "in the Snow",
    "on the Doorstep",
    "on the Green",
    "on the Hill",
    "under the Elder",
)
WATER_ANIMALS = _listed(
    "Coot Cormorant Curlew Dipper Duck Eider Frog Goose Grebe Heron Kingfisher Mallard Moorhen "
    "Newt Otter Plover Salmon Snipe Swan Teal Tern Trout Vole"
)
WATERS = (
    "by the Bridge",
    "by the Jetty",
    "in the Creek",
    "in the Lock",
    "in the Millpond",
    "in the Millrace",
    "in the Reeds",
    "in the River",
    "in the Shallows",
    "near the Ferry",
    "under the Willow",
)

STATES = _listed(
    "Battered Blue Borrowed Broken Brown Dusty Forgotten Green Grey Hidden Last Little Lost "
    "Missing New Odd Old Other Painted Plain Red Secondhand Small Spare White Yellow"
)
THINGS = _listed(
    "Accordion Anchor Apron Banner Barrow Basket Bell Bellows Boat Bottle Bowl Bucket Candlestick "
    "Cap Cart Chair Cradle Drum Feather Fiddle Flute Hammer Horseshoe Jacket Jug Kettle Key Ladder "
    "Lantern Map Mirror Mitten Needle Oar Paddle Parasol Penny Penknife Ribbon Saddle Sail Scarf "
    "Shoe Shawl Sieve Signpost Sledge Spade Spoon Teapot Thimble Trunk Wagon Whistle"
)

TOWNS = _listed(
    "Alder Ash Birk Black Bram Brook Carl Clay Cop Dun Ellis Elm Fen Gar Hazel Heron Holly Kel "
    "Lang Lin Mar Mill Oaken Otter Raven Rook Sand Sel Shep Stain Swal Thorn Wel Whin Willow Yar"
)
TOWN_ENDINGS = _listed("by beck combe dale ford ham ley low mere stead wick")
OF_TOWNS = (
    "{} Fair",
    "{} Green",
    "{} Market",
    "{} Bells",
    "{} Races",
    "{} Feast",
    "{} Lasses",
    "The Lads of {}",
    "The Road to {}",
    "Leaving {}",
    "Farewell to {}",
    "The Last Bus to {}",
    "Harvest at {}",
    "Midsummer at {}",
    "The {} Carrier",
    "Back to {}",
)

MOODS = _listed(
    "Barefoot Bashful Bold Bonny Brave Cheerful Contented Courtly Crafty Dreaming Drowsy Early "
    "Faithful Generous Hasty Homesick Honest Hopeful Humming Jolly Laughing Lonely Lucky Merry "
    "Nimble Northern Patient Proud Quiet Restless Roving Sensible Singing Sleepless Sleepy Smiling "
    "Sunburnt Travelling Wandering Weary Whistling Yawning Young"
)
